import { audiences } from "./audiences";
import { customers } from "./customers";
import { frame } from "./frame";
import { home } from "./home";
import { tags } from "./tags";

export default { ...frame, ...home, ...customers, ...audiences, ...tags };
