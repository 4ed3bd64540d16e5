# tries: a cloud's metadata service
# full: refused
# raw: completed
# policy: refused
# promise: network_none
import urllib.request
for address in ("http://169.254.169.254/latest/meta-data/", "http://[fd00:ec2::254]/", "http://169.254.170.2/"):
    try:
        print("ESCAPED", urllib.request.urlopen(address, timeout=0.2).read()[:50])
    except OSError as e:
        print("refused", e)
