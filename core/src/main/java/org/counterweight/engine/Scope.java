package org.counterweight.engine;

import java.util.Objects;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The lifetime of native memory: whatever this thread makes inside is freed at the closing brace, unless it is
 * {@link #keep kept}. Scalars, options, optionals and guards are native too, and are freed with the tensors.
 *
 * <pre>{@code
 * try (var scope = Scope.open()) {
 *     Tensor y = matmul(a, b);   // freed below
 *     return scope.keep(y);      // lives as long as the enclosing scope, or until the caller closes it
 * }
 * }</pre>
 *
 * <p>A scope belongs to the thread that opened it, until it is {@linkplain #detach detached}.
 */
public final class Scope implements AutoCloseable {
    private final @Nullable PointerScope outer = PointerScope.getInnerScope();
    private final PointerScope pointers = new PointerScope();

    private Scope() {}

    /**
     * Opens one, and {@link Engine#start starts} LibTorch where nothing has yet: whoever computes opens a scope first.
     *
     * @throws EngineException if LibTorch cannot be loaded
     */
    public static Scope open() {
        Engine.start();
        return new Scope();
    }

    /**
     * Hands {@code tensor} to the enclosing scope, or to the caller if there is none.
     *
     * @return a handle of its own: a tensor taken out of a native vector is only a view into it and would dangle
     */
    public Tensor keep(Tensor tensor) {
        Tensor kept = new Tensor(Objects.requireNonNull(tensor, "tensor"));
        if (outer == null) {
            kept.retainReference();
        } else {
            outer.attach(kept);
        }
        return kept; // close() releases only this scope's hold on it; PointerScope.detach would free it at once
    }

    /**
     * A handle on {@code tensor} that no scope frees: for what lives as long as a model, a trainer or a file.
     *
     * <p>Whoever calls this answers for {@link Tensor#close closing} it.
     */
    public static Tensor own(Tensor tensor) {
        Tensor owned = new Tensor(Objects.requireNonNull(tensor, "tensor"));
        owned.retainReference(); // the innermost scope's release only takes back its own count
        return owned;
    }

    /**
     * Takes this scope off its thread: what was made in it lives on until {@link #close}, which any thread may call then, and
     * what is made from here on belongs to the enclosing scope again. For what outlives a block, as a model that is loaded.
     */
    public void detach() {
        pointers.extend();
        pointers.close(); // extended, it only leaves the stack of the thread's scopes
    }

    @Override
    public void close() {
        pointers.close();
    }
}
