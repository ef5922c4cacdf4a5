package org.counterweight.experiments;

/** Told of a study's way; called on the thread that runs it. */
public interface Progress {
    /** Says nothing. */
    Progress SILENT = new Progress() {};

    /** A study begins; it has so many runs. */
    default void started(Plan plan, int runs) {}

    /** One arm is measured. */
    default void ran(Run run) {}

    /** The study is judged. */
    default void finished(Report report) {}
}
