// libpng: pictures in and out. Imported only by ChatKit/Sketch/PNG.swift.
#pragma once
#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

// libpng reports errors with longjmp, which must not cross a Swift frame. So each function here is a whole piece of work: it
// sets its own jump, owns what libpng allocates, and calls nobody back.

#define CPNG_SENTENCE 96

typedef struct {
    const unsigned char *bytes;
    size_t count;
    size_t position;
    char sentence[CPNG_SENTENCE];
} cpng_source;

typedef struct {
    unsigned char *bytes;
    size_t count;
    size_t capacity;
    char sentence[CPNG_SENTENCE];
} cpng_sink;

static void cpng_keep(char *sentence, const char *message) {
    strncpy(sentence, message ? message : "unknown", CPNG_SENTENCE - 1);
    sentence[CPNG_SENTENCE - 1] = 0;
}
static PNG_NORETURN void cpng_source_failed(png_structp png, png_const_charp message) {
    cpng_keep(((cpng_source *)png_get_error_ptr(png))->sentence, message);
    longjmp(png_jmpbuf(png), 1);
}
static PNG_NORETURN void cpng_sink_failed(png_structp png, png_const_charp message) {
    cpng_keep(((cpng_sink *)png_get_error_ptr(png))->sentence, message);
    longjmp(png_jmpbuf(png), 1);
}
static void cpng_no_warning(png_structp png, png_const_charp message) { (void)png; (void)message; }

static void cpng_pull(png_structp png, png_bytep into, size_t count) {
    cpng_source *source = (cpng_source *)png_get_io_ptr(png);
    if (count > source->count - source->position) png_error(png, "it ends too early");
    memcpy(into, source->bytes + source->position, count);
    source->position += count;
}
static void cpng_push(png_structp png, png_bytep bytes, size_t count) {
    cpng_sink *sink = (cpng_sink *)png_get_io_ptr(png);
    if (count > sink->capacity - sink->count) {
        size_t capacity = sink->capacity * 2 + count + 4096;
        unsigned char *grown = (unsigned char *)realloc(sink->bytes, capacity);
        if (!grown) png_error(png, "out of memory");
        sink->bytes = grown;
        sink->capacity = capacity;
    }
    memcpy(sink->bytes + sink->count, bytes, count);
    sink->count += count;
}
static void cpng_flush(png_structp png) { (void)png; }

// Reads the header, or the whole picture when `rows` is given: 8-bit RGBA, or the bytes as they are in the file. `rows` must
// hold `stride` bytes for each line of the size that a first call reported. Nothing is decompressed by that first call.
// Returns 1, or 0 and a sentence in `source`.
static __attribute__((noinline, unused)) int cpng_read(cpng_source *source, unsigned side, unsigned *width, unsigned *height,
                                                       unsigned char *rows, size_t stride, int as_is) {
    source->position = 0;
    source->sentence[0] = 0;
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, source, cpng_source_failed, cpng_no_warning);
    if (!png) { cpng_keep(source->sentence, "out of memory"); return 0; }
    png_infop info = png_create_info_struct(png);
    if (!info) { cpng_keep(source->sentence, "out of memory"); png_destroy_read_struct(&png, NULL, NULL); return 0; }
    if (setjmp(png_jmpbuf(png))) {
        png_destroy_read_struct(&png, &info, NULL);
        return 0;
    }
    png_set_read_fn(png, source, cpng_pull);
    png_set_user_limits(png, side, side);
    // Comments, profiles and times are of no use here; a bomb in them is never unpacked.
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
    png_set_chunk_cache_max(png, 32);
    png_set_chunk_malloc_max(png, 1 << 20);
    png_read_info(png, info);
    png_uint_32 w = png_get_image_width(png, info), h = png_get_image_height(png, info);
    if (rows && (w != *width || h != *height)) png_error(png, "it changed while it was read");
    *width = w;
    *height = h;
    if (rows) {
        if (!as_is) {
            png_set_expand(png);
            png_set_strip_16(png);
            png_set_gray_to_rgb(png);
            png_set_add_alpha(png, 255, PNG_FILLER_AFTER);
        }
        int passes = png_set_interlace_handling(png);
        png_read_update_info(png, info);
        if (png_get_rowbytes(png, info) != stride) png_error(png, "its colours are of an unknown kind");
        for (int pass = 0; pass < passes; pass++)
            for (png_uint_32 y = 0; y < h; y++) png_read_row(png, rows + (size_t)y * stride, NULL);
        png_read_end(png, NULL);
    }
    png_destroy_read_struct(&png, &info, NULL);
    return 1;
}

// A picture on its way out. `sink` must stay where it is until cpng_end, which is called in any case.
typedef struct {
    png_structp png;
    png_infop info;
} cpng_writer;

// Frees all but the bytes of the sink, which are the caller's.
static __attribute__((noinline, unused)) void cpng_end(cpng_writer *writer) {
    png_destroy_write_struct(&writer->png, &writer->info);
}

// Begins rows of one byte a pixel, an index of a palette of `colours` RGB triples; or of three, RGB, if `colours` is 0.
// The same bytes for the same picture: no times, no texts. Returns 1, or 0 and a sentence in `sink`.
static __attribute__((noinline, unused)) int cpng_begin(cpng_writer *writer, cpng_sink *sink, unsigned width, unsigned height,
                                                        const unsigned char *palette, int colours) {
    memset(sink, 0, sizeof *sink);
    writer->info = NULL;
    writer->png = png_create_write_struct(PNG_LIBPNG_VER_STRING, sink, cpng_sink_failed, cpng_no_warning);
    if (writer->png) writer->info = png_create_info_struct(writer->png);
    if (!writer->info) { cpng_keep(sink->sentence, "out of memory"); return 0; }
    png_structp png = writer->png;
    png_infop info = writer->info;
    if (setjmp(png_jmpbuf(png))) return 0;
    png_set_write_fn(png, sink, cpng_push, cpng_flush);
    png_set_compression_level(png, 9);
    int depth = colours == 0 || colours > 16 ? 8 : colours > 4 ? 4 : colours > 2 ? 2 : 1;
    png_set_IHDR(png, info, width, height, depth, colours ? PNG_COLOR_TYPE_PALETTE : PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    if (colours) {
        png_color entries[256];
        for (int index = 0; index < colours; index++) {
            entries[index].red = palette[3 * index];
            entries[index].green = palette[3 * index + 1];
            entries[index].blue = palette[3 * index + 2];
        }
        png_set_PLTE(png, info, entries, colours);
        png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_NONE);
    }
    png_write_info(png, info);
    png_set_packing(png);
    return 1;
}

static __attribute__((noinline, unused)) int cpng_rows(cpng_writer *writer, const unsigned char *rows, size_t stride,
                                                       unsigned count) {
    if (setjmp(png_jmpbuf(writer->png))) return 0;
    for (unsigned y = 0; y < count; y++) png_write_row(writer->png, (png_const_bytep)(rows + (size_t)y * stride));
    return 1;
}

static __attribute__((noinline, unused)) int cpng_finish(cpng_writer *writer) {
    if (setjmp(png_jmpbuf(writer->png))) return 0;
    png_write_end(writer->png, NULL);
    return 1;
}
