package org.counterweight.jobs.serve.answer;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.counterweight.data.text.Passages;
import org.counterweight.model.generate.Generation;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Answers questions one batch after the other, in one thread: what arrives while a batch is under way is the next one, so that
 * nobody waits for others to come. A question that cannot be answered takes none of the others with it.
 */
public final class Batcher implements AutoCloseable {
    /** Texts that go through the model together. */
    private static final int TOGETHER = 64;

    private final Served served;
    private final Limits limits;
    private final BlockingQueue<Question> queue;
    private final AtomicInteger waiting = new AtomicInteger();
    private final LongAdder batches = new LongAdder();
    private final LongAdder texts = new LongAdder();
    private final Thread thread = new Thread(this::run, "answers");
    private volatile boolean closed;

    /** @param deadline by {@link System#nanoTime}, after which nobody waits any more */
    private record Question(
            Passages texts,
            @Nullable Generation generation,
            int top,
            long deadline,
            CompletableFuture<List<ObjectNode>> answer) {
        boolean isStale() {
            return System.nanoTime() - deadline > 0;
        }
    }

    public Batcher(Served served, Limits limits) {
        this.served = served;
        this.limits = limits;
        this.queue = new ArrayBlockingQueue<>(limits.queue());
        thread.start();
    }

    /**
     * Waits for the answers of some texts.
     *
     * @param top of how many classes of each the probabilities are told; 0 for the likeliest class alone
     * @throws Busy if too many texts wait already, or the answers take too long
     */
    public List<ObjectNode> ask(Passages asked, @Nullable Generation generation, int top) {
        long deadline = System.nanoTime() + limits.time().toNanos();
        var question = new Question(asked, generation, top, deadline, new CompletableFuture<>());
        int before = waiting.getAndAdd(asked.size());
        if (closed || before + asked.size() > limits.queue() || !queue.offer(question)) {
            waiting.addAndGet(-asked.size());
            throw new Busy(closed ? "the server ends" : before + " texts wait already; come again in a moment");
        }
        try {
            return question.answer().get(limits.time().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new Busy("no answer within " + limits.time().toSeconds() + " seconds; ask for less at a time");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Busy("the server ends");
        }
    }

    private void run() {
        while (!closed || !queue.isEmpty()) {
            try {
                Question first = queue.poll(50, TimeUnit.MILLISECONDS);
                if (first != null) {
                    served.use(answering -> answer(answering, gathered(answering, first)));
                }
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** The question, and those behind it that can be answered with it. */
    private List<Question> gathered(Answering answering, Question first) {
        var together = new ArrayList<Question>();
        together.add(first);
        int count = first.texts().size();
        while (answering.joins()) {
            Question next = queue.peek();
            if (next == null
                    || next.top() != first.top()
                    || next.texts().arePairs() != first.texts().arePairs()
                    || count + next.texts().size() > TOGETHER) {
                break;
            }
            together.add(Objects.requireNonNull(queue.poll())); // this thread alone takes from it
            count += next.texts().size();
        }
        return together;
    }

    private void answer(Answering answering, List<Question> questions) {
        waiting.addAndGet(
                -questions.stream().mapToInt(one -> one.texts().size()).sum());
        List<Question> live = questions.stream().filter(one -> !one.isStale()).toList();
        if (live.isEmpty()) {
            return;
        }
        Passages all = Passages.joined(live.stream().map(Question::texts).toList());
        try {
            List<ObjectNode> answers =
                    answering.answers(all, live.get(0).generation(), live.get(0).top());
            batches.increment();
            texts.add(all.size());
            int at = 0;
            for (Question question : live) {
                int to = at + question.texts().size();
                question.answer().complete(answers.subList(at, to));
                at = to;
            }
        } catch (RuntimeException | Error e) {
            if (live.size() == 1) {
                live.get(0).answer().completeExceptionally(e);
            } else {
                live.forEach(one -> answer(answering, one));
            }
        }
    }

    /** Alone, for it may be that which cannot be answered. */
    private void answer(Answering answering, Question question) {
        try {
            question.answer().complete(answering.answers(question.texts(), question.generation(), question.top()));
        } catch (RuntimeException | Error e) {
            question.answer().completeExceptionally(e);
        }
    }

    /** Texts that wait now. */
    public int waiting() {
        return waiting.get();
    }

    /** Batches so far. */
    public long batches() {
        return batches.sum();
    }

    /** Texts that went through the model in them. */
    public long texts() {
        return texts.sum();
    }

    /** What waits is answered first. */
    @Override
    public void close() {
        closed = true;
        try {
            thread.join(limits.time().toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
