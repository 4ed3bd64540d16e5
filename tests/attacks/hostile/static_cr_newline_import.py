# tries: an import behind a lone carriage return
# full: refused
# raw: any
# policy: refused
# harmlessimport osprint('REACHED', os.getcwd())
