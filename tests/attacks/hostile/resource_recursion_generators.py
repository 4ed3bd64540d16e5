# tries: generators that ask one another, a hundred thousand deep
# full: raised crashed
# raw: raised crashed
# policy: accepted
def passed_on(inner):
    for item in inner:
        yield item
it = iter([1])
for i in range(10**5):
    it = passed_on(it)
print(next(it))
