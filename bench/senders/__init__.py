"""The programs that bench.delivery compares, each a process of its own: FOLDER URL TOKEN FIRST COUNT [more].

Each answers /today, and sends one message to COUNT chats from FIRST on, once a line comes in on stdin.
"""
