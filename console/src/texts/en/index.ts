import { actions } from "./actions";
import { audiences } from "./audiences";
import { customers } from "./customers";
import { data } from "./data";
import { destinations } from "./destinations";
import { frame } from "./frame";
import { home } from "./home";
import { models } from "./models";
import { system } from "./system";
import { tags } from "./tags";

export default { ...actions, ...audiences, ...customers, ...data, ...destinations, ...frame, ...home, ...models, ...system, ...tags };
