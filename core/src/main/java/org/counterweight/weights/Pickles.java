package org.counterweight.weights;

import java.nio.file.Path;
import java.util.Locale;

/** Recognises pickles by name. They are programs: opening one runs whatever its author put there, so none is opened. */
final class Pickles {
    private Pickles() {}

    static boolean isNamedLikeOne(Path file) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        return name.matches(".*\\.(bin|pt|pth|ckpt|pkl|pickle)");
    }

    static WeightsException refusal(Path file) {
        return new WeightsException(
                file,
                "is a pickle, which runs its author's code when it is opened; convert it where you trust it: python -c"
                        + " \"import sys, torch; from safetensors.torch import save_file; save_file({k: v.contiguous().clone()"
                        + " for k, v in torch.load(sys.argv[1], map_location='cpu', weights_only=True).items()},"
                        + " sys.argv[2], {'format': 'pt'})\" " + file.getFileName() + " model.safetensors");
    }
}
