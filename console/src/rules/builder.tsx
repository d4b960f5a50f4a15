/** Conditions put together without writing them: nested groups of and, or, not, with what each part reaches. */
import { QueryBuilderAntD } from "@react-querybuilder/antd";
import { memo, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { QueryBuilder, type Field, type RuleGroupType, type RuleType } from "react-querybuilder";

import type { Step } from "@/api/answers";
import { useCatalogue } from "@/parts/catalogue";

import { Do, FieldPicker, Joiner, NotSwitch, OperatorPicker, ValuePicker } from "./controls";
import { DID, FITTING, NEW_BEHAVIOUR, NEW_SEQUENCE, RAW, SEQUENCE, spell } from "./language";
import { Counts } from "./reach";

const CONTROLS = {
  fieldSelector: FieldPicker,
  operatorSelector: OperatorPicker,
  valueEditor: ValuePicker,
  combinatorSelector: Joiner,
  notToggle: NotSwitch,
  addRuleAction: Do,
  addGroupAction: Do,
  removeRuleAction: Do,
  removeGroupAction: Do,
};
const OPERATORS = [...new Set(Object.values(FITTING).flat())].map((name) => ({ name, value: name, label: name }));

/** The members of every part, by the part as it is spelt. */
export function countParts(step: Step | undefined, into = new Map<string, number>()): Map<string, number> {
  if (step) {
    into.set(spell(step.rule), step.count);
    for (const part of step.parts) countParts(part, into);
  }
  return into;
}

interface Building {
  group: RuleGroupType;
  onChange: (group: RuleGroupType) => void;
}

/** ``steps``: how many each part reaches. That they are there now is seen beside the conditions, which stay as they are. */
export function Builder({ steps, ...building }: Building & { steps?: Step | undefined }) {
  const counts = useMemo(() => (steps ? countParts(steps) : null), [steps]);
  return (
    <Counts value={counts}>
      <Parts {...building} />
    </Counts>
  );
}

const Parts = memo(function Parts({ group, onChange }: Building) {
  const { t } = useTranslation();
  const catalogue = useCatalogue();
  const fields = useMemo<Field[]>(
    () =>
      [DID, SEQUENCE, RAW, ...catalogue.rows.map((row) => row.name)].map((name) => ({
        name,
        value: name,
        label: catalogue.title(name),
      })),
    [catalogue],
  );
  const words = useMemo(
    () => ({
      addRule: { label: t("rule.add"), title: t("rule.add") },
      addGroup: { label: t("rule.add_group"), title: t("rule.add_group") },
      removeRule: { label: "✕", title: t("word.remove") },
      removeGroup: { label: "✕", title: t("word.remove") },
      combinators: { title: t("rule.combinator") },
      fields: { title: t("rule.choose"), placeholderName: "~", placeholderLabel: t("rule.choose") },
      operators: { title: t("rule.operator") },
      value: { title: t("word.value") },
      notToggle: { label: t("rule.not"), title: t("rule.not") },
    }),
    [t],
  );
  if (!catalogue.ready) return null;
  return (
    <QueryBuilderAntD>
      <QueryBuilder
        fields={fields}
        query={group}
        onQueryChange={onChange}
        combinators={[
          { name: "all", value: "all", label: t("rule.all") },
          { name: "any", value: "any", label: t("rule.any") },
        ]}
        operators={OPERATORS}
        controlElements={CONTROLS}
        translations={words}
        showNotToggle
        autoSelectField={false}
        resetOnOperatorChange={false}
        getDefaultOperator={(field: string) => (field.endsWith(":") ? "eq" : "in")}
        getDefaultValue={defaultValue}
        addRuleToNewGroups
      />
    </QueryBuilderAntD>
  );
});

function defaultValue(rule: RuleType): unknown {
  if (rule.field === DID) return NEW_BEHAVIOUR;
  if (rule.field === SEQUENCE) return NEW_SEQUENCE;
  return null;
}
