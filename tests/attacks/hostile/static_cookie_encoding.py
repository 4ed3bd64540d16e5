# -*- coding: utf-7 -*-
# tries: a way past the policy: cookie encoding
# full: refused
# raw: any
# policy: refused
import os
print("REACHED")
