/** `prometeu-packer/node`: projects on the disk of this machine, where a host supplies only the project and the sink. */
export { nodeDisk } from "./layers/NodeDisk.ts"
export { nodeHostInfo } from "./layers/NodeHostInfo.ts"
export { layer, type NodeProjectOptions } from "./layers/NodeProject.ts"
export { layerProjects } from "./layers/NodeProjects.ts"
export { sha256 } from "./layers/Sha256.ts"
