def main():
    if get_objects():
        print("nothing to do")
        exit()
    print("not reached")
main()
