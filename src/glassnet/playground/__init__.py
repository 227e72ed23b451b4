"""The playground: a page on which a network is built, trained and looked through by hand, over the real trainer.

The page draws, the server hands on, and each tab has a process of its own in which a `Session` trains. Nothing here
computes what the trainer computes already.
"""
