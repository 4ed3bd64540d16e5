# tries: a coroutine
# full: refused
# raw: any
# policy: refused
async def main():
    await main()
print("REACHED")
