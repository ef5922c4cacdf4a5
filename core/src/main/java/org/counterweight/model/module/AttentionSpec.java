package org.counterweight.model.module;

/**
 * Where a model attends.
 *
 * @param name the full name of the module
 * @param heads of keys and values; fewer than those of queries where several share one
 * @param size components of one head
 */
public record AttentionSpec(String name, long heads, long size) {}
