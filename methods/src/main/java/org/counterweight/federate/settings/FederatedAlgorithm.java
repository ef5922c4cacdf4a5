package org.counterweight.federate.settings;

import java.util.Locale;

/** By which way the clients' training serves the target. */
public enum FederatedAlgorithm {
    /** The target's update, and its projection on each source's. */
    FEDGP("target's update projected on the sources'"),
    /** The target's update mixed with each source's. */
    FEDDA("target's update mixed with the sources'"),
    /** The mean of all clients. */
    FEDAVG("mean of all clients"),
    /** The mean of the sources alone. */
    SOURCE_ONLY("mean of the sources"),
    /** The target alone, with the labels that it has. */
    TARGET_ONLY("target alone"),
    /** The mean of the sources, and then the target alone. */
    FINETUNE("sources, then target alone"),
    /** The target alone with all its rows, as if they were labelled: what could be reached. */
    ORACLE("target with all its rows"),
    /** The mean of all bodies, each client with a head of its own: FedRep. */
    FEDREP("mean of all bodies, own head"),
    /** The mean of all, and beside it a model of the target's own that is held near. */
    DITTO("own model near the mean of all"),
    /** The same with a share between the two that is learnt. */
    APFL("mixture of own model and mean of all"),
    /** The mean of all, and votes of the target's nearest rows. */
    KNN_PER("mean of all and nearest rows");

    private final String line;

    FederatedAlgorithm(String line) {
        this.line = line;
    }

    /** What it does, in a few words. */
    public String line() {
        return line;
    }

    /** Whether updates are weighed for the target, after a start on the sources alone. */
    public boolean mixes() {
        return this == FEDGP || this == FEDDA;
    }

    /** Whether sources train at all. */
    public boolean hasSources() {
        return this != TARGET_ONLY && this != ORACLE;
    }

    /** Whether the target trains in the rounds. */
    public boolean hasTarget() {
        return this != SOURCE_ONLY && this != FINETUNE;
    }

    /** As it stands in recipes. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
