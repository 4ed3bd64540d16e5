# tries: a library's method with an object of another class, by way of deepcopy
# full: raised
# raw: any
# policy: accepted
import copy, json
from collections import UserDict
class A(UserDict):
    def __deepcopy__(self, memo):
        return json.dumps
a = A()
method = copy.deepcopy(a.update)
method({"x": 1})
print("REACHED", method)
