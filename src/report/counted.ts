/** `1 case`, `21 cases`, `214,003 sequences`; `several` where the plural is not formed with an s. */
export const counted = (count: number, one: string, several = `${one}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : several}`;
