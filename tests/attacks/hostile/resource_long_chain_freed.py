# tries: two hundred thousand objects in a chain, freed all at once
# full: completed
# raw: completed
# policy: accepted
x = None
for i in range(2 * 10**5):
    x = (x,)
x = None
print("freed")
