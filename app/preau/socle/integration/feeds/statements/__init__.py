"""The SQL of an import, by sets: every statement writes only what differs, so that it may run again.

`%(delivery)s`, `%(batch)s` to `%(last)s`, `%(category)s` choose staged rows; `%(source)s` is whose rows may be
touched; `%(sources)s` are the sources that share its keys; `%(scope)s` the structures that a Complet
speaks for, `%(said)s` the profiles in them ("structure:kind") when it does not speak of all; `%(yields_to)s`
the sources whose word is never overwritten. A person created by this delivery has its number in source_key.
"""
