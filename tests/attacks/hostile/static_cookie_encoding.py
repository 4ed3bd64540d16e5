# outcome: policy_rejected
# -*- coding: utf-7 -*-
import os
print("ESCAPED")
