import { audiences } from "./audiences";
import { customers } from "./customers";
import { frame } from "./frame";
import { home } from "./home";

export default { ...frame, ...home, ...customers, ...audiences };
