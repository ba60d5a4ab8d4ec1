/** What can be done at a boundary, in the order of rank; 0 is nothing. */
export const nothing = 0;
export const sipiExit = 1;
export const initExit = 2;
export const mtfExit = 3;
export const timerExit = 4;
export const nmiWindowExit = 5;
export const nmiExit = 6;
export const nmiDelivery = 7;
export const interruptWindowExit = 8;
export const virtualDelivery = 9;
export const interruptExit = 10;
export const processing = 11;
export const interruptDelivery = 12;
