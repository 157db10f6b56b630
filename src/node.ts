/** The front door for hosts on Node. */
