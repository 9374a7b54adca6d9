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
typedef enum { CVIPS_PNG = 0, CVIPS_JPEG, CVIPS_WEBP, CVIPS_TIFF } CVipsFormat;

/// An opened image: its header has been read, its pixels have not.
typedef struct CVipsImage CVipsImage;

/// What an image file says about itself.
typedef struct {
    int64_t width;
    int64_t height;
    /// 8 or 16 bits per sample; 0 when the samples are of another type.
    int bits;
    /// EXIF orientation, 1 to 8; 1 when there is none.
    int orientation;
} CVipsHeader;

/// Decoded pixels, interleaved, in sRGB or its grey; the orientation is not applied.
typedef struct {
    /// `uint8_t` or `uint16_t` samples; freed with `cvips_free`.
    void *_Nullable samples;
    /// 1 (grey) or 3 (RGB).
    int channels;
    /// 8 or 16 bits per sample.
    int bits;
} CVipsPixels;

/// How an image is encoded.
typedef struct {
    CVipsFormat format;
    /// JPEG and WebP: 1 to 100; WebP: 0 is lossless.
    int quality;
    /// JPEG: nonzero halves the resolution of the colour, as most programs do.
    int subsample_colour;
    /// PNG: 0 to 9.
    int compression;
} CVipsEncoding;

/// Starts libvips: no cache, no untrusted loaders, nothing logged to stderr. Returns 0 on success.
int cvips_start(void);

/// The version of libvips that runs.
const char *_Nonnull cvips_version(void);

/// Opens an encoded image with the loader of one format and reads its header. `bytes` must stay valid until `cvips_close`.
CVipsImage *_Nullable cvips_open(CVipsFormat format, const void *_Nonnull bytes, size_t count);

/// What the header says.
CVipsHeader cvips_header(CVipsImage *_Nonnull image);

/// Decodes the pixels of an image of 8 or 16 bits, converts them to sRGB or grey and flattens transparency onto white.
/// An image that is cut short is an error. Returns 0 on success.
int cvips_decode(CVipsImage *_Nonnull image, CVipsPixels *_Nonnull pixels);

/// Closes an image.
void cvips_close(CVipsImage *_Nonnull image);

/// Encodes interleaved 8-bit pixels (1 or 3 channels) into `*bytes`, freed with `cvips_free`. Returns 0 on success.
int cvips_encode(
    const void *_Nonnull samples, int width, int height, int channels, CVipsEncoding encoding, void *_Nullable *_Nonnull bytes,
    size_t *_Nonnull count);

/// Draws one line of text, black on white, in the system's sans-serif font. Returns 0 on success, with grey 8-bit samples freed with
/// `cvips_free`.
int cvips_text(
    const char *_Nonnull text, void *_Nullable *_Nonnull samples, int *_Nonnull width, int *_Nonnull height);

/// Frees what `cvips_decode` and `cvips_encode` gave.
void cvips_free(void *_Nullable memory);

/// The text of the error buffer, which is cleared; freed with `cvips_free`.
char *_Nonnull cvips_take_error(void);

/// Gives back what libvips keeps for the calling thread, which may use libvips again later.
void cvips_release_thread(void);

#ifdef __cplusplus
}
#endif

#endif
