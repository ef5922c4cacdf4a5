package org.counterweight.studies.plan.arm;

/**
 * One thing that is measured: a method under a setting.
 *
 * @param method as the tables name it: {@code LoRA r4}
 * @param setting what varies beside the method, usually the learning rate ({@code lr 0.003}); empty if nothing does
 */
public record Arm(String method, String setting) {
    @Override
    public String toString() {
        return setting.isEmpty() ? method : method + ", " + setting;
    }
}
