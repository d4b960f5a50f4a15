import { audiences } from "./audiences";
import { customers } from "./customers";
import { data } from "./data";
import { frame } from "./frame";
import { home } from "./home";
import { system } from "./system";
import { tags } from "./tags";

export default { ...frame, ...home, ...customers, ...audiences, ...tags, ...data, ...system };
