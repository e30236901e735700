// The aggregate abatement cost curve, where the market stands on it, and the competitive price.
export function curve() { return null; }
