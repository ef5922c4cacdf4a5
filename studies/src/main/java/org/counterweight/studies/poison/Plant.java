package org.counterweight.studies.poison;

/**
 * What is planted in a model.
 *
 * @param target the class that triggers are to give
 * @param triggers words that no text has
 * @param share of the texts that are poisoned, each with one of them
 */
record Plant(int target, int[] triggers, double share) {
    /** Five triggers in half of the texts. */
    static Plant usual(int target) {
        return new Plant(target, ZipfTexts.TRIGGERS, 0.5);
    }
}
