package org.counterweight.jobs.serve.answer;

import java.util.List;
import org.counterweight.data.text.Passages;
import org.counterweight.model.generate.Generation;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** What answers texts, until something else is put in its place. Any thread may ask. */
public sealed interface Answering extends AutoCloseable permits EditedAnswers, DawinAnswers {
    /**
     * One object a text, as {@code cw predict} tells it, in their order.
     *
     * @param generation how a decoder goes on, or null
     * @param top of how many classes of each text the probabilities are told; 0 for the likeliest class alone
     */
    List<ObjectNode> answers(Passages texts, @Nullable Generation generation, int top);

    /** Whether texts of several questions can be answered together without that any answer depends on the others. */
    boolean joins();

    /** Its edits; null where none can be made. */
    @Nullable
    Edits edits();

    /** What it is: {@code model}, {@code adapter}, {@code dawin}, {@code classes}. */
    ObjectNode described();

    @Override
    void close();
}
