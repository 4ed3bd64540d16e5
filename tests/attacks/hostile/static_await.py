# tries: a way past the policy: await
# full: refused
# raw: any
# policy: refused
async def main():
    await main()
print("REACHED")
