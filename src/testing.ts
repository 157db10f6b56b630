/** The front door for tests of hosts. */
