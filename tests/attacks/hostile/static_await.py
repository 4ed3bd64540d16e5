# outcome: policy_rejected
async def main():
    await main()
print("ESCAPED")
