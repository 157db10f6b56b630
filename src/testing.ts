/** `prometeu-packer/testing`: projects in memory, for the tests of hosts and of the packer itself. */
export * from "./testing/ProjectTree.ts"
