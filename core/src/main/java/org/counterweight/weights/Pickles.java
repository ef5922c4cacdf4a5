package org.counterweight.weights;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;

/** Recognises pickles by name. They are programs: opening one runs whatever its author put there, so none is opened. */
public final class Pickles {
    /** The list of a model's pickles. */
    static final String SHARDS = "pytorch_model.bin.index.json";

    private static final Set<String> ENDINGS = Set.of("bin", "pt", "pth", "ckpt", "pkl", "pickle");

    private Pickles() {}

    static boolean isNamedLikeOne(Path file) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        return ENDINGS.contains(name.substring(name.lastIndexOf('.') + 1)) && name.indexOf('.') >= 0;
    }

    static WeightsException refusal(Path file) {
        return refusal(file, "model.safetensors");
    }

    /**
     * What to say about a pickle: why it is not read, and the command that converts it.
     *
     * @param converted the name of the file that is read instead
     */
    public static WeightsException refusal(Path file, String converted) {
        return new WeightsException(
                file,
                "is a pickle, which runs its author's code when it is opened; convert it where you trust it: python -c"
                        + " \"import sys, torch; from safetensors.torch import save_file; save_file({k:"
                        + " v.contiguous().clone() for k, v in torch.load(sys.argv[1], map_location='cpu',"
                        + " weights_only=True).items()}, sys.argv[2], {'format':"
                        + " 'pt'})\" " + file.getFileName() + " " + converted);
    }

    /** The same of a directory whose pickles an index lists: one command for all of them, and for the index. */
    static WeightsException refusalOfShards(Path index) {
        return new WeightsException(
                index,
                "lists pickles, which run their author's code when they are opened; convert them where you trust them,"
                        + " in that directory: python -c \"import json, torch; from safetensors.torch import save_file;"
                        + " index = json.load(open('" + SHARDS + "'));"
                        + " new = lambda f: f.replace('pytorch_model', 'model').replace('.bin', '.safetensors');"
                        + " [save_file({k: v.contiguous().clone() for k, v in torch.load(f, map_location='cpu',"
                        + " weights_only=True).items()}, new(f), {'format': 'pt'})"
                        + " for f in sorted(set(index['weight_map'].values()))];"
                        + " index['weight_map'] = {k: new(f) for k, f in index['weight_map'].items()};"
                        + " json.dump(index, open('" + ModelDirectory.INDEX + "', 'w'))\"");
    }
}
