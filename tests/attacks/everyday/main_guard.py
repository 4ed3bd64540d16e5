def main():
    print("running")
    return 1
if __name__ == "__main__":
    result = main()
assert result == 1
