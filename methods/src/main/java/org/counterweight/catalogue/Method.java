package org.counterweight.catalogue;

/**
 * One entry of the catalogue.
 *
 * @param name as written in recipes: {@code bone}
 * @param family the package it lives in, without the root: {@code adapt}
 * @param paper authors, title, venue and year
 * @param line what it does, in one line
 * @param formula the heart of it, in plain text
 * @param config its settings
 */
public record Method(
        String name,
        String family,
        Verb verb,
        String paper,
        String line,
        String formula,
        Class<? extends Record> config) {}
