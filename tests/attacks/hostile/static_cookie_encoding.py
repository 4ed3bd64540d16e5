# tries: an import hidden by an encoding cookie
# full: refused
# raw: any
# policy: refused
# -*- coding: utf-7 -*-
import os
print("REACHED")
