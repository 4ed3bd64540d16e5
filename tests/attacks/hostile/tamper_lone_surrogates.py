# tries: texts that cannot be stored, in every field that takes one
# full: refused
# raw: raised
# policy: refused
# needs: world
import os
for fd in range(3, 20):
    try:
        os.write(fd, b'{"t":"print","text":"\\ud800\\u0000"}\n{"t":"call","id":1,"skill":"pick","args":{"name":"\\udfff\\u0000"},"line":1}\n'
                     b'{"t":"end","fault":{"kind":"\\ud800","message":"\\u0000\\udc00","line":-5,"skill":"\\ud800"},"value":null,"note":""}\n')
    except OSError:
        pass
while True:
    pass
