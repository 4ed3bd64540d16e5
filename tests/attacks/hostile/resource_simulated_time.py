# outcome: timeout
# raw: yes
while True:
    try:
        open_gripper()
    except BaseException:
        pass
