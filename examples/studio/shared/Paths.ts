/** Where the server has what. */

/** Where the server speaks of the project. */
export const rpcPath = "/rpc"

/** Below this are the files of assets. */
export const filesPath = "/files/"

/** Where the page gets a file of an asset: two names, each whole, so that nothing has to be guessed where one ends. */
export const fileUrl = (root: string, file: string): string =>
  `${filesPath}${encodeURIComponent(root)}/${encodeURIComponent(file)}`
