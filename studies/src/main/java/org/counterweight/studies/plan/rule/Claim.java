package org.counterweight.studies.plan.rule;

/**
 * One statement that the study puts to the test, with the rule that decides it.
 *
 * @param text as a sentence that is true or false: "At one learning rate, bone reaches a lower loss than LoRA"
 */
public record Claim(String text, Rule rule) {}
