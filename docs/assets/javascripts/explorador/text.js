// Numbers as the explorer writes them.

const decimal = new Intl.NumberFormat("pt-BR", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const short = new Intl.NumberFormat("pt-BR", { maximumFractionDigits: 2 });
const integer = new Intl.NumberFormat("pt-BR");
const withMinus = (text) => text.replace("-", "\u2212");

export const coordinate = (value) => withMinus(decimal.format(value));
export const pair = ([x, y]) => `(${coordinate(x)}; ${coordinate(y)})`;
export const rounded = (value) => withMinus(short.format(value));
export const whole = (value) => integer.format(value);
