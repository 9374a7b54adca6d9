// libvips behind the few calls that are needed, as plain C functions (Swift cannot call functions with variable arguments).
//
// None of these functions may run at the same time as another: libvips has one error buffer per process.
// A function that fails leaves its reason there; `cvips_take_error` reads and clears it.

#ifndef CVIPS_H
#define CVIPS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// File formats that are read and written.
typedef enum { CVIPS_PNG = 0, CVIPS_JPEG, CVIPS_WEBP, CVIPS_TIFF, CVIPS_AVIF, CVIPS_HEIC } CVipsFormat;

/// An image whose pixels have not been computed.
typedef struct CVipsImage CVipsImage;

// MARK: - The library

/// Starts libvips: no cache, no untrusted loaders, nothing logged to stderr. Returns 0 on success.
int cvips_start(void);

/// The version of libvips that runs.
const char *_Nonnull cvips_version(void);

/// Whether this libvips has a loader, and a saver, for a format.
int cvips_supports(CVipsFormat format);

/// The text of the error buffer, which is cleared; freed with `cvips_free`.
char *_Nonnull cvips_take_error(void);

/// Frees what a function gave.
void cvips_free(void *_Nullable memory);

/// Gives back what libvips keeps for the calling thread, which may use libvips again later.
void cvips_release_thread(void);

// MARK: - Reading

/// What an image file says about itself.
typedef struct {
    int64_t width;
    int64_t height;
    /// 8 or 16 bits per sample; 0 when the samples are of another type.
    int bits;
    /// EXIF orientation, 1 to 8; 1 when there is none.
    int orientation;
    /// Number of pages or frames, of which the first (HEIC: the primary one) was opened.
    int pages;
    /// Channels of colour that are read: 1 (grey) or 3 (RGB).
    int channels;
    /// Whether a channel of opacity follows them.
    int has_alpha;
    /// Whether the colours are converted to sRGB because they are neither RGB nor grey in the file.
    int is_converted;
    /// Pixels per millimetre; 1 where the file does not say.
    double horizontal_density, vertical_density;
} CVipsHeader;

/// Opens an encoded image with the loader of one format and reads its header. `bytes` must stay valid until `cvips_close`.
CVipsImage *_Nullable cvips_open(CVipsFormat format, const void *_Nonnull bytes, size_t count);

/// What the header says.
CVipsHeader cvips_header(CVipsImage *_Nonnull image);

/// Takes one field of metadata, a text or a blob.
typedef void (*CVipsTakeField)(
    void *_Nonnull context, const char *_Nonnull name, int is_text, const void *_Nonnull bytes, size_t count);

/// Hands over all metadata that are texts or blobs, under libvips's names.
void cvips_fields(CVipsImage *_Nonnull image, CVipsTakeField _Nonnull take, void *_Nonnull context);

/// Takes one row of pixels: interleaved samples of 8 or 16 bits, colour and then opacity as the header tells.
typedef void (*CVipsTakeRow)(void *_Nonnull context, int y, const void *_Nonnull row);

/// Decodes an image of 8 or 16 bits row by row from the top; the orientation is not applied. An image that is cut short is an
/// error. Returns 0 on success.
int cvips_read(CVipsImage *_Nonnull image, CVipsTakeRow _Nonnull take, void *_Nonnull context);

/// Closes an image.
void cvips_close(CVipsImage *_Nonnull image);

// MARK: - Writing

/// Size and kind of an image that is written.
typedef struct {
    int width;
    int height;
    /// Channels, opacity included: 1, 2, 3 or 4.
    int channels;
    /// 8 or 16 bits per sample.
    int bits;
    /// Pixels per millimetre.
    double horizontal_density, vertical_density;
} CVipsShape;

/// How an image is encoded.
typedef struct {
    CVipsFormat format;
    /// 1 to 100 where the format is lossy; WebP: 0 is lossless.
    int quality;
    /// JPEG: nonzero halves the resolution of the colour, as most programs do.
    int subsample_colour;
    /// PNG: 0 to 9.
    int compression;
} CVipsEncoding;

/// Writes `width` interleaved pixels of row `y` from column `x` on into `pixels`. Nonzero ends the work. Called from several threads at once.
typedef int (*CVipsGivePixels)(void *_Nonnull context, int x, int y, int width, void *_Nonnull pixels);

/// An image whose pixels are asked for when it is saved, about from the top to the bottom. `context` must stay valid until `cvips_close`.
CVipsImage *_Nullable cvips_new(CVipsShape shape, CVipsGivePixels _Nonnull give, void *_Nonnull context);

/// Sets a field of metadata under libvips's name.
void cvips_set_text(CVipsImage *_Nonnull image, const char *_Nonnull name, const char *_Nonnull text);
void cvips_set_blob(CVipsImage *_Nonnull image, const char *_Nonnull name, const void *_Nonnull bytes, size_t count);

/// Encodes an image into an open file, which PNG, JPEG and TIFF do without holding it. TIFF reads there, too. Returns 0 on success.
int cvips_save(CVipsImage *_Nonnull image, CVipsEncoding encoding, int descriptor);

/// Encodes an image into `*bytes`, freed with `cvips_free`. Returns 0 on success.
int cvips_save_to_memory(
    CVipsImage *_Nonnull image, CVipsEncoding encoding, void *_Nullable *_Nonnull bytes, size_t *_Nonnull count);

/// Draws one line of text, black on white, in the system's sans-serif font. Returns 0 on success, with grey 8-bit samples freed with
/// `cvips_free`.
int cvips_text(
    const char *_Nonnull text, void *_Nullable *_Nonnull samples, int *_Nonnull width, int *_Nonnull height);

#ifdef __cplusplus
}
#endif

#endif
