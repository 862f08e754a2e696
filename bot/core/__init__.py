"""The rules. Pure: values in, values out; no Discord, SQL, files, YAML, network or clock."""
