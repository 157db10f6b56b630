/** `prometeu-packer/node`: what the packer needs of Node. */
export * from "./layers/Sha256.ts"
